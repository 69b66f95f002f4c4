#ifndef CLINUX_H
#define CLINUX_H
// One header per part; each part has a C file of its name beside this folder.
#include "clinux_beneath.h"
#include "clinux_clock.h"
#include "clinux_isolation.h"
#include "clinux_limits.h"
#include "clinux_node.h"
#include "clinux_packet.h"
#include "clinux_terminal.h"
#endif
