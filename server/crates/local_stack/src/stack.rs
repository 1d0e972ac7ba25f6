//! The whole local stack behind one handle.
