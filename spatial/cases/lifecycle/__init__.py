"""The seven steps: handling, checks, the own level's work, tiers, sub-tasks, flexible clocks, ends and reopenings."""
