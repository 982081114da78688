"""What mailcheck says and how: findings, rules, facts, reports. Standard library only."""
