#ifndef FAULTLINE_CZLIB_H
#define FAULTLINE_CZLIB_H

#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 15 bits of window, and 16: only with gzip's header.
static inline int czlib_begin_gunzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

#endif
