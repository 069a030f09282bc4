-- Call-backs, evaluations, indicators.
SELECT;
