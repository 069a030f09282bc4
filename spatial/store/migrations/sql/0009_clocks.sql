-- Calendars and working hours, pauses, extensions and suspensions.
SELECT;
