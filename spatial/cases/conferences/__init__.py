"""Getting stuck cases moving by meeting: joint conferences (联席会议), and whistle and report-in (吹哨报到)."""
