-- Boards, joint conferences, whistles, the information library.
SELECT;
