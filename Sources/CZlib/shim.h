#ifndef FAULTLINE_CZLIB_H
#define FAULTLINE_CZLIB_H

#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 15 bits of window, and 16: only with gzip's header.
static inline int czlib_begin_gunzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

// Likewise with gzip's header, at the usual level and with the usual memory.
static inline int czlib_begin_gzip(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

#endif
