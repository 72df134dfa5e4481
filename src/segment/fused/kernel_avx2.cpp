#if defined(__AVX2__) && defined(__FMA__)
#define BOLUS_SLICE_KERNEL avx2_slice_kernel
#define BOLUS_SLICE_NAME "avx2"
#define BOLUS_SLICE_BYTES 32
#define BOLUS_SLICE_REGISTERS 16
#include "kernel.inc"
#endif
