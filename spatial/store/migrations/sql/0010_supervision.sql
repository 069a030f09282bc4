-- Supervision orders and their replies.
SELECT;
