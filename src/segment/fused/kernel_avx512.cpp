#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define BOLUS_SLICE_KERNEL avx512_slice_kernel
#define BOLUS_SLICE_NAME "avx512"
#define BOLUS_SLICE_BYTES 64
#define BOLUS_SLICE_REGISTERS 32
#include "kernel.inc"
#endif
