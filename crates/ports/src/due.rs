//! The stored form of what falls due, so that it survives a restart. Only system commands that fall due have one.
