"""Templates and message content judged before they are sent."""
