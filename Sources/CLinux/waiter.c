#define _GNU_SOURCE
#include "CLinux.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// The program of a node's first process, in machine code, for nothing smaller can be had: a copy of
// the runner costs the more the more the runner holds, and would show the node's processes where to
// look for its memory. It hides what it is (prctl: PR_SET_DUMPABLE, PR_SET_NAME), says so by a byte
// on 1, closes that, reads 0 to its end and exits.

extern const char cl_waiter_begin[], cl_waiter_end[];

#if defined(__x86_64__)
enum { MACHINE = EM_X86_64 };
__asm__(
    ".pushsection .rodata\n"
    "cl_waiter_begin:\n"
    "  mov $157, %eax\n  mov $4, %edi\n  xor %esi, %esi\n  syscall\n"
    "  mov $157, %eax\n  mov $15, %edi\n  lea 3f(%rip), %rsi\n  syscall\n"
    "  push $0\n  mov %rsp, %rsi\n  mov $1, %edx\n"
    "  mov $1, %eax\n  mov $1, %edi\n  syscall\n"
    "  mov $3, %eax\n  mov $1, %edi\n  syscall\n"
    "1: xor %eax, %eax\n  xor %edi, %edi\n  syscall\n"
    "  cmp $-4, %rax\n  je 1b\n  test %rax, %rax\n  jg 1b\n"
    "  mov $231, %eax\n  xor %edi, %edi\n  syscall\n"
    "2: jmp 2b\n"
    "3: .asciz \"init\"\n"
    "cl_waiter_end:\n"
    ".popsection\n");
#elif defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
__asm__(
    ".pushsection .rodata\n"
    ".balign 4\n"
    "cl_waiter_begin:\n"
    "  mov x8, #167\n  mov x0, #4\n  mov x1, #0\n  svc #0\n"
    "  mov x8, #167\n  mov x0, #15\n  adr x1, 3f\n  svc #0\n"
    "  sub sp, sp, #16\n  str xzr, [sp]\n"
    "  mov x8, #64\n  mov x0, #1\n  mov x1, sp\n  mov x2, #1\n  svc #0\n"
    "  mov x8, #57\n  mov x0, #1\n  svc #0\n"
    "1: mov x8, #63\n  mov x0, #0\n  mov x1, sp\n  mov x2, #1\n  svc #0\n"
    "  cmn x0, #4\n  b.eq 1b\n  cmp x0, #0\n  b.gt 1b\n"
    "  mov x8, #94\n  mov x0, #0\n  svc #0\n"
    "2: b 2b\n"
    "3: .asciz \"init\"\n"
    "cl_waiter_end:\n"
    ".popsection\n");
#endif

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

enum { ADDRESS = 0x400000, MOST = 4096 };

// elf(5): one segment, read and executed, that holds the file from its beginning.
static size_t write_image(char *image) {
  size_t size = (size_t)(cl_waiter_end - cl_waiter_begin);
  struct { Elf64_Ehdr file; Elf64_Phdr segment; } head = {
    .file = {
      .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
      .e_type = ET_EXEC, .e_machine = MACHINE, .e_version = EV_CURRENT,
      .e_entry = ADDRESS + sizeof head, .e_phoff = sizeof head.file,
      .e_ehsize = sizeof head.file, .e_phentsize = sizeof head.segment, .e_phnum = 1,
    },
    .segment = {
      .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = ADDRESS, .p_paddr = ADDRESS,
      .p_filesz = sizeof head + size, .p_memsz = sizeof head + size, .p_align = MOST,
    },
  };
  memcpy(image, &head, sizeof head);
  memcpy(image + sizeof head, cl_waiter_begin, size);
  return sizeof head + size;
}

int cl_first_program(void) {
  char image[MOST];
  size_t size = write_image(image);
  int fd = memfd_create("init", MFD_CLOEXEC | MFD_EXEC);
  // Before Linux 6.3 every such file could be executed, and none could be asked for.
  if (fd < 0 && errno == EINVAL) fd = memfd_create("init", MFD_CLOEXEC);
  if (fd < 0) return -errno;
  if (write(fd, image, size) == (ssize_t)size) return fd;
  int code = errno;
  close(fd);
  return -code;
}
