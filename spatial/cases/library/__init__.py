"""The information library (信息库): words of closed cases, rulings and minutes, searched as one."""
