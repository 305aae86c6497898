/* A network disk that answers late, as LD_PRELOAD: rename and link are done, and then said to have failed as their second try would.
 * LACUNA_SHIM_RENAME: "late" does so; "lost" says it and does nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int answer(long result, int code) {
  if (result != 0) return -1;
  errno = code;
  return -1;
}

static int is_lost(void) {
  const char *kind = getenv("LACUNA_SHIM_RENAME");
  return kind && strcmp(kind, "lost") == 0;
}

int rename(const char *from, const char *to) {
  return answer(is_lost() ? 0 : syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0), ENOENT);
}

int link(const char *from, const char *to) {
  return answer(is_lost() ? 0 : syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0), EEXIST);
}
