/* What a fork(2), the child's end and the wait for it pay for: each piece of an address space by itself. Prints microseconds. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096L
#define HUGE_PAGE (2L << 20)
#define ROUNDS 5
#define FORKS 600

static char *map(long bytes, int protection) {
    char *memory = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return memory;
}

/* Neighbours with the same protection would become one mapping. */
static int alternate(int i, int one, int other) {
    return i % 2 ? one : other;
}

static void nothing(int count) {
    (void) count;
}

static void untouched(int count) {
    for (int i = 0; i < count; i++) {
        map(4 * PAGE, alternate(i, PROT_NONE, PROT_READ));
    }
}

static void written(int count) {
    for (int i = 0; i < count; i++) {
        *map(4 * PAGE, alternate(i, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE | PROT_EXEC)) = 1;
    }
}

static void pages(int count) {
    char *memory = map(count * PAGE, PROT_READ | PROT_WRITE);
    madvise(memory, count * PAGE, MADV_NOHUGEPAGE);
    for (int i = 0; i < count; i++) {
        memory[i * PAGE] = 1;
    }
}

static void huge_pages(int count) {
    char *memory = map((count + 1) * HUGE_PAGE, PROT_READ | PROT_WRITE);
    memory = (char *) (((long) memory + HUGE_PAGE - 1) & -HUGE_PAGE);
    madvise(memory, count * HUGE_PAGE, MADV_HUGEPAGE);
    for (int i = 0; i < count; i++) {
        memory[i * HUGE_PAGE] = 1;
    }
}

/* A page far from all others, so that it needs a page table. */
static void page_tables(int count) {
    char *memory = map(count * HUGE_PAGE, PROT_READ | PROT_WRITE);
    madvise(memory, count * HUGE_PAGE, MADV_NOHUGEPAGE);
    for (int i = 0; i < count; i++) {
        memory[i * HUGE_PAGE] = 1;
    }
}

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static double fork_once(void) {
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = microseconds();
        for (int i = 0; i < FORKS; i++) {
            pid_t child = fork();
            if (child == 0) {
                _exit(0);
            }
            if (child < 0 || waitpid(child, NULL, 0) != child) {
                perror("fork");
                exit(1);
            }
        }
        double each = (microseconds() - start) / FORKS;
        best = each < best ? each : best;
    }
    return best;
}

/* In a process of its own: what one case has made is not there for the next. */
static double with(void (*make)(int), int count) {
    int result[2];
    double each = 0;
    if (pipe(result) < 0) {
        perror("pipe");
        exit(1);
    }
    pid_t child = fork();
    if (child == 0) {
        make(count);
        each = fork_once();
        _exit(write(result[1], &each, sizeof each) == sizeof each ? 0 : 1);
    }
    if (child < 0 || waitpid(child, NULL, 0) != child || read(result[0], &each, sizeof each) != sizeof each) {
        fprintf(stderr, "forkcost: a case failed\n");
        exit(1);
    }
    close(result[0]);
    close(result[1]);
    return each;
}

static void report(const char *what, void (*make)(int), int count, double empty) {
    printf("%-36s %7.2f us each\n", what, (with(make, count) - empty) / count);
}

int main(void) {
    double empty = with(nothing, 0);
    printf("%-36s %7.2f us\n", "a small process", empty);
    report("a mapping that was not written to", untouched, 100, empty);
    report("a mapping with one written page", written, 100, empty);
    report("a page of 4 KiB", pages, 2000, empty);
    report("a huge page", huge_pages, 30, empty);
    report("a page table with one page", page_tables, 40, empty);
    return 0;
}
