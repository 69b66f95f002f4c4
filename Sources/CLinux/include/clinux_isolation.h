#ifndef CLINUX_ISOLATION_H
#define CLINUX_ISOLATION_H
// Namespaces, mounts, spawning: what must not be written in Swift after fork.
#endif
