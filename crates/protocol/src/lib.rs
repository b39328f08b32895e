//! Everything that crosses a wire, declared once.
