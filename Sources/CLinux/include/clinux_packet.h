#ifndef CLINUX_PACKET_H
#define CLINUX_PACKET_H
// TAP devices, epoll and scheduling: ioctls and variadics that Swift cannot import.
#endif
