"""E-mail: a mailbox over IMAP; mbox files, single messages, list archives."""
