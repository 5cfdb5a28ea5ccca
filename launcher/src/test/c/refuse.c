/* refuse NUMBER ARGUMENT VALUE ERRNO COMMAND...: runs a command in which, and in all children of which, the system call of that
 * number fails with that errno where its argument (0 to 5) has that value; with -1 as the argument always. seccomp(2), x86_64. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count)
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)

int main(int argc, char **argv) {
    if (argc < 6) {
        fprintf(stderr, "usage: refuse NUMBER ARGUMENT VALUE ERRNO COMMAND...\n");
        return 2;
    }
    int argument = atoi(argv[2]);
    struct sock_filter always[] = {
        LOAD(nr), SKIP_UNLESS(atoi(argv[1]), 1), ANSWER(SECCOMP_RET_ERRNO | atoi(argv[4])), ANSWER(SECCOMP_RET_ALLOW)};
    struct sock_filter sometimes[] = {
        LOAD(nr), SKIP_UNLESS(atoi(argv[1]), 3), LOAD(args[argument < 0 ? 0 : argument]), SKIP_UNLESS(atoi(argv[3]), 1),
        ANSWER(SECCOMP_RET_ERRNO | atoi(argv[4])), ANSWER(SECCOMP_RET_ALLOW)};
    struct sock_fprog filter = argument < 0 ? (struct sock_fprog) {4, always} : (struct sock_fprog) {6, sometimes};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
        perror("seccomp");
        return 1;
    }
    execvp(argv[5], argv + 5);
    perror(argv[5]);
    return 127;
}
