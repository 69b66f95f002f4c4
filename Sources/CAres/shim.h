// c-ares, and what its header has as macros: the records of an answer.
#include <ares.h>
#include <ares_dns.h>
#include <string.h>

typedef void (*cares_record)(void *context, int type, unsigned int ttl, const unsigned char *data,
                             int size, const char *name);

// Steps over one name in a message; null when it runs out of it.
static inline const unsigned char *cares_skip_name(const unsigned char *at,
                                                   const unsigned char *message, int size) {
  char *name = 0;
  long length = 0;
  if (ares_expand_name(at, message, size, &name, &length) != ARES_SUCCESS) return 0;
  ares_free_string(name);
  return at + length <= message + size ? at + length : 0;
}

// Tells each record of the answer section; where its data begins with a name (after `offset` bytes for
// a service), the name as text, too. Zero when the message is not as RFC 1035, 4.1 has it.
static inline int cares_each_record(const unsigned char *message, int size, cares_record tell,
                                    void *context) {
  if (size < 12) return 0;
  const unsigned char *end = message + size, *at = message + 12;
  for (unsigned left = DNS_HEADER_QDCOUNT(message); left > 0; left--) {
    at = cares_skip_name(at, message, size);
    if (!at || end - at < 4) return 0;
    at += 4;
  }
  for (unsigned left = DNS_HEADER_ANCOUNT(message); left > 0; left--) {
    at = cares_skip_name(at, message, size);
    if (!at || end - at < 10) return 0;
    int type = DNS_RR_TYPE(at), length = DNS_RR_LEN(at);
    unsigned int ttl = DNS_RR_TTL(at);
    at += 10;
    if (end - at < length) return 0;
    int offset = type == 33 ? 6 : 0;
    char *name = 0;
    long used = 0;
    if ((type == 2 || type == 5 || type == 33) && length > offset &&
        ares_expand_name(at + offset, message, size, &name, &used) != ARES_SUCCESS)
      return 0;
    tell(context, type, ttl, at, length, name);
    if (name) ares_free_string(name);
    at += length;
  }
  return 1;
}
