"""Real counterparts, each started by the test that needs it, on a free loopback port, and gone when it ends."""
