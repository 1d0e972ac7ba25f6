//! loadlens
