"""The inbox: what somebody must handle, in an order that says why."""
