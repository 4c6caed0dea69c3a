"""Teams: who answers together, and where a case goes when it is not theirs."""
