//! Frames to encoded frames and back: the C encoders behind one safe trait.
