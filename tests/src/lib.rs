//! Whole-product tests; nothing depends on it.
