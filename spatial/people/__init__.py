"""Accounts, and reach: the value without which no case is handed out."""
