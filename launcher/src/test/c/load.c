/*
 * The load generator of the benchmark: one process, one thread, epoll. native-notes/benchmarks.md tells what it measures and why it is in C.
 *
 *     load closed PORT CLIENTS SECONDS   so many clients, each: connect, send, read the echo, shutdown, read the end, close, again
 *     load open PORT RATE SECONDS        a connection every 1/RATE seconds, whatever the server does; times count from when it was due
 *     load bulk PORT CLIENTS SECONDS     so many connections that send all the time and read it back
 *     load hold PORT COUNT               so many connections at once; "speak" on standard input talks on all, its end closes them
 *
 * Options before the word: -f FILE is sent instead of 64 bytes, and the answer is all that comes until its end; -x BYTES, in hex, is how
 * that answer must begin.
 *
 * Standard output: a line of key=value, then for each connection that went well two native uint64: the nanoseconds until the first byte
 * of the answer, and until the end.
 */
#define _GNU_SOURCE /* epoll_create1, accept4's flags, IP_BIND_ADDRESS_NO_PORT */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	FAILED = 111,
	ECHO_BYTES = 64,
	MOST_BYTES = 64 * 1024,
	BULK_BYTES = 256 * 1024,
	EVENTS = 256,
	SOURCES = 200,      /* client addresses 127.0.1.1 to 127.0.1.200: ports in TIME_WAIT never run short */
	MOST_OPEN = 20000,  /* arrivals beyond so many connections at once are failures */
	SETTING_UP = 128    /* hold: so many connections are being made at once */
};

#define SECOND 1000000000ull
#define PATIENCE (5 * SECOND)  /* one connection may take so long */
#define PATIENCE_WITH_ALL (60 * SECOND) /* and so long where thousands are spoken to at once */

enum state { FREE, CONNECTING, WAITING, ENDING, HELD };

struct client {
	int fd;
	enum state state;
	size_t got;
	uint64_t start; /* open loop: when it was due */
	uint64_t first;
};

struct interval {
	uint64_t first, whole;
};

static struct {
	int epoll;
	int timer;
	struct sockaddr_in server;
	unsigned char payload[MOST_BYTES];
	size_t payload_bytes;
	unsigned char prefix[16];
	size_t prefix_bytes;
	int job; /* the answer is not an echo: it ends with its end of file */

	struct client *clients;
	int most;
	int *free_clients;
	int free_count;
	int open;

	struct interval *done;
	size_t done_count, done_room;
	uint64_t failed;
	int first_errno; /* why the first one failed; 0: a wrong answer */
	const char *first_step;
	uint64_t last_end;
	uint64_t patience;
} load = { .patience = PATIENCE };

static void die(const char *call)
{
	perror(call);
	exit(FAILED);
}

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void *room(void *old, size_t bytes)
{
	void *p = realloc(old, bytes);
	if (p == NULL)
		die("realloc");
	return p;
}

static void watch(struct client *client, int operation, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.u32 = (uint32_t)(client - load.clients) };
	if (epoll_ctl(load.epoll, operation, client->fd, &event) < 0)
		die("epoll_ctl");
}

static void release(struct client *client)
{
	close(client->fd); /* epoll forgets it */
	client->state = FREE;
	load.free_clients[load.free_count++] = (int)(client - load.clients);
	load.open--;
}

static void fail(struct client *client, const char *step, int error)
{
	if (load.failed++ == 0) {
		load.first_step = step;
		load.first_errno = error;
	}
	load.last_end = now();
	release(client);
}

static void succeed(struct client *client)
{
	if (load.done_count == load.done_room) {
		load.done_room = load.done_room == 0 ? 65536 : load.done_room * 2;
		load.done = room(load.done, load.done_room * sizeof *load.done);
	}
	uint64_t end = now();
	load.done[load.done_count++] = (struct interval){ client->first - client->start, end - client->start };
	load.last_end = end;
	release(client);
}

/* Sends the payload, which fits into the buffer of a socket. */
static int speak(struct client *client)
{
	if (send(client->fd, load.payload, load.payload_bytes, MSG_NOSIGNAL) != (ssize_t)load.payload_bytes) {
		fail(client, "send", errno);
		return -1;
	}
	client->got = 0;
	client->first = 0;
	client->state = WAITING;
	if (load.job && shutdown(client->fd, SHUT_WR) < 0) {
		fail(client, "shutdown", errno);
		return -1;
	}
	return 0;
}

/* A connection that counts from start. Connecting to loopback is mostly done when connect returns. */
static void begin(uint64_t start)
{
	static unsigned turn;
	if (load.free_count == 0) {
		if (load.failed++ == 0) {
			load.first_step = "too many at once";
			load.first_errno = 0;
		}
		return;
	}
	struct client *client = &load.clients[load.free_clients[--load.free_count]];
	load.open++;
	client->start = start;
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (client->fd < 0)
		die("socket");
	int on = 1;
	struct sockaddr_in source = { .sin_family = AF_INET };
	source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 + turn++ % SOURCES);
	if (setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) < 0)
		die("setsockopt");
	if (bind(client->fd, (struct sockaddr *)&source, sizeof source) < 0)
		die("bind");
	if (connect(client->fd, (struct sockaddr *)&load.server, sizeof load.server) == 0) {
		if (speak(client) == 0)
			watch(client, EPOLL_CTL_ADD, EPOLLIN);
	} else if (errno == EINPROGRESS) {
		client->state = CONNECTING;
		watch(client, EPOLL_CTL_ADD, EPOLLOUT);
	} else {
		fail(client, "connect", errno);
	}
}

static void connected(struct client *client)
{
	int error = 0;
	socklen_t length = sizeof error;
	getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &length);
	if (error != 0)
		fail(client, "connect", error);
	else if (speak(client) == 0)
		watch(client, EPOLL_CTL_MOD, EPOLLIN);
}

/* The end of file: well if the whole answer has come. */
static void ended(struct client *client)
{
	if (client->state == ENDING || (load.job && client->got > 0 && client->got >= load.prefix_bytes))
		succeed(client);
	else
		fail(client, "early end", 0);
}

/* Takes what has come; tells whether an echo is complete. */
static int take(struct client *client)
{
	static unsigned char buffer[MOST_BYTES];
	ssize_t n = recv(client->fd, buffer, sizeof buffer, 0);
	if (n < 0) {
		if (errno != EAGAIN)
			fail(client, "recv", errno);
		return 0;
	}
	if (n == 0) {
		ended(client);
		return 0;
	}
	if (client->first == 0)
		client->first = now();
	size_t most = load.job ? load.prefix_bytes : load.payload_bytes;
	const unsigned char *wanted = load.job ? load.prefix : load.payload;
	if (client->got < most) {
		size_t left = most - client->got;
		if (memcmp(buffer, wanted + client->got, left < (size_t)n ? left : (size_t)n) != 0) {
			fail(client, "wrong answer", 0);
			return 0;
		}
	}
	client->got += (size_t)n;
	if (!load.job && client->got > load.payload_bytes) {
		fail(client, "long answer", 0);
		return 0;
	}
	return !load.job && client->state == WAITING && client->got == load.payload_bytes;
}

static void readable(struct client *client)
{
	if (take(client)) {
		client->state = ENDING;
		if (shutdown(client->fd, SHUT_WR) < 0)
			fail(client, "shutdown", errno);
	}
}

/* Those that wait for too long have failed. Looks at all of them, so rarely. */
static void give_up(uint64_t time)
{
	static uint64_t next;
	if (time < next)
		return;
	next = time + SECOND / 2;
	for (int i = 0; i < load.most; i++) {
		struct client *client = &load.clients[i];
		if (client->state != FREE && client->state != HELD && time > client->start + load.patience)
			fail(client, "time out", 0);
	}
}

static int wait_for(struct epoll_event *events)
{
	int n = epoll_wait(load.epoll, events, EVENTS, 100);
	if (n < 0 && errno != EINTR)
		die("epoll_wait");
	give_up(now());
	return n < 0 ? 0 : n;
}

static void step(struct client *client)
{
	if (client->state == CONNECTING)
		connected(client);
	else if (client->state != FREE)
		readable(client);
}

static void prepare(int most)
{
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load.epoll < 0)
		die("epoll_create1");
	load.most = most;
	load.clients = room(NULL, (size_t)most * sizeof *load.clients);
	memset(load.clients, 0, (size_t)most * sizeof *load.clients);
	load.free_clients = room(NULL, (size_t)most * sizeof *load.free_clients);
	for (int i = most - 1; i >= 0; i--)
		load.free_clients[load.free_count++] = i;
	struct rlimit limit = { 65536, 65536 };
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0) { /* not root: what there is */
		getrlimit(RLIMIT_NOFILE, &limit);
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void report(uint64_t began, uint64_t bytes)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	uint64_t cpu = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * SECOND
		+ (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
	uint64_t end = load.last_end > began ? load.last_end : now();
	printf("ok=%zu failed=%llu nanos=%llu cpu=%llu bytes=%llu step=%s errno=%d\n", load.done_count,
		(unsigned long long)load.failed, (unsigned long long)(end - began), (unsigned long long)cpu,
		(unsigned long long)bytes, load.first_step == NULL ? "-" : load.first_step, load.first_errno);
	fwrite(load.done, sizeof *load.done, load.done_count, stdout);
	if (fflush(stdout) != 0)
		die("write");
}

/* Counts all that were begun, until the end of the last: right for servers of ten connections a second, too. */
static void closed(int clients, double seconds)
{
	prepare(clients);
	uint64_t began = now(), until = began + (uint64_t)(seconds * SECOND);
	while (load.open > 0 || now() < until) {
		uint64_t time;
		while (load.free_count > 0 && (time = now()) < until && load.failed < 1000)
			begin(time);
		if (load.open == 0)
			break;
		struct epoll_event events[EVENTS];
		int n = wait_for(events);
		for (int i = 0; i < n; i++)
			step(&load.clients[events[i].data.u32]);
	}
	report(began, 0);
}

/* The timer wakes for each arrival. One that is handled late still counts from when it was due. */
static void set_timer(uint64_t time)
{
	struct itimerspec when = { .it_value = { (time_t)(time / SECOND), (long)(time % SECOND) } };
	if (timerfd_settime(load.timer, TFD_TIMER_ABSTIME, &when, NULL) < 0)
		die("timerfd_settime");
}

static void open_loop(double rate, double seconds)
{
	prepare(MOST_OPEN);
	load.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = UINT32_MAX };
	if (load.timer < 0 || epoll_ctl(load.epoll, EPOLL_CTL_ADD, load.timer, &event) < 0)
		die("timerfd");
	uint64_t arrivals = (uint64_t)(rate * seconds), next = 0;
	uint64_t began = now();
	uint64_t first = began + SECOND / 1000;
	set_timer(first);
	while (next < arrivals || load.open > 0) {
		struct epoll_event events[EVENTS];
		int n = wait_for(events);
		for (int i = 0; i < n; i++) {
			if (events[i].data.u32 != UINT32_MAX) {
				step(&load.clients[events[i].data.u32]);
				continue;
			}
			uint64_t fired;
			if (read(load.timer, &fired, sizeof fired) < 0 && errno != EAGAIN)
				die("read");
			uint64_t due;
			while (next < arrivals && (due = first + (uint64_t)((double)next * SECOND / rate)) <= now()) {
				begin(due);
				next++;
			}
			if (next < arrivals)
				set_timer(first + (uint64_t)((double)next * SECOND / rate));
		}
	}
	report(began, 0);
}

/* Sends while there is room and reads what has come; after the time only reads, until all has come back. */
static void bulk(int clients, double seconds)
{
	static unsigned char out[BULK_BYTES], in[BULK_BYTES];
	prepare(clients);
	memset(out, 'x', sizeof out);
	uint64_t sent = 0, received = 0;
	for (int i = 0; i < clients; i++) {
		load.clients[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (load.clients[i].fd < 0
			|| connect(load.clients[i].fd, (struct sockaddr *)&load.server, sizeof load.server) < 0)
			die("connect");
		load.clients[i].state = WAITING;
		watch(&load.clients[i], EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
	}
	uint64_t began = now(), until = began + (uint64_t)(seconds * SECOND);
	int open = clients;
	while (open > 0 && now() < until + PATIENCE) {
		struct epoll_event events[EVENTS];
		int n = epoll_wait(load.epoll, events, EVENTS, 100);
		for (int i = 0; i < n; i++) {
			struct client *client = &load.clients[events[i].data.u32];
			if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
				ssize_t got = recv(client->fd, in, sizeof in, MSG_DONTWAIT);
				if (got == 0 || (got < 0 && errno != EAGAIN)) {
					close(client->fd);
					open--;
					continue;
				}
				received += got > 0 ? (uint64_t)got : 0;
				load.last_end = now();
			}
			if (client->state == WAITING && now() >= until) {
				client->state = ENDING;
				shutdown(client->fd, SHUT_WR);
				watch(client, EPOLL_CTL_MOD, EPOLLIN);
			} else if (client->state == WAITING && (events[i].events & EPOLLOUT)) {
				ssize_t put = send(client->fd, out, sizeof out, MSG_DONTWAIT | MSG_NOSIGNAL);
				sent += put > 0 ? (uint64_t)put : 0;
			}
		}
	}
	if (sent != received) {
		load.failed = 1;
		load.first_step = "lost bytes";
	}
	report(began, received);
}

/* Makes or asks the held connections: each is in the state WAITING until its echo has come. */
static void answers(uint64_t began, const char *word)
{
	int waiting = 1;
	struct epoll_event events[EVENTS];
	while (waiting) {
		int n = wait_for(events);
		for (int i = 0; i < n; i++) {
			struct client *client = &load.clients[events[i].data.u32];
			if (client->state == CONNECTING) {
				connected(client);
			} else if (client->state == HELD) {
				fail(client, "ended while held", 0);
			} else if (client->state == WAITING && take(client)) {
				client->state = HELD;
				client->first -= client->start;
			}
		}
		waiting = 0;
		for (int i = 0; n == 0 && i < load.most; i++)
			waiting |= load.clients[i].state == WAITING || load.clients[i].state == CONNECTING;
		waiting |= n > 0;
		if (word == NULL)
			return;
	}
	printf("%s=%d failed=%llu nanos=%llu step=%s errno=%d\n", word, load.open, (unsigned long long)load.failed,
		(unsigned long long)(now() - began), load.first_step == NULL ? "-" : load.first_step, load.first_errno);
	fflush(stdout);
}

static int setting_up(void)
{
	int count = 0;
	for (int i = 0; i < load.most; i++)
		count += load.clients[i].state == WAITING || load.clients[i].state == CONNECTING;
	return count;
}

static void hold(int count)
{
	prepare(count);
	uint64_t began = now();
	int made = 0;
	while (made < count && load.failed < 1000) {
		for (int more = SETTING_UP - setting_up(); more > 0 && made < count; more--, made++)
			begin(now());
		answers(began, NULL);
	}
	answers(began, "held");
	load.patience = PATIENCE_WITH_ALL;
	char line[64];
	while (fgets(line, sizeof line, stdin) != NULL) {
		began = now();
		for (int i = 0; i < load.most; i++) {
			load.clients[i].start = began;
			if (load.clients[i].state == HELD)
				speak(&load.clients[i]);
		}
		answers(began, "spoke");
	}
	for (int i = 0; i < load.most; i++) {
		if (load.clients[i].state == HELD)
			close(load.clients[i].fd);
	}
}

static void read_payload(const char *path)
{
	FILE *file = fopen(path, "r");
	if (file == NULL)
		die(path);
	load.payload_bytes = fread(load.payload, 1, sizeof load.payload, file);
	fclose(file);
	load.job = 1;
}

static void read_prefix(const char *hex)
{
	for (; hex[0] != '\0' && hex[1] != '\0' && load.prefix_bytes < sizeof load.prefix; hex += 2) {
		unsigned byte;
		if (sscanf(hex, "%2x", &byte) != 1)
			break;
		load.prefix[load.prefix_bytes++] = (unsigned char)byte;
	}
}

static int usage(void)
{
	fprintf(stderr, "usage: load [-f FILE] [-x HEX] closed|open|bulk PORT NUMBER SECONDS | hold PORT COUNT\n");
	return 2;
}

int main(int argc, char **argv)
{
	for (int i = 0; i < ECHO_BYTES; i++)
		load.payload[i] = (unsigned char)('a' + i % 26);
	load.payload[ECHO_BYTES - 1] = '\n'; /* some servers take lines */
	load.payload_bytes = ECHO_BYTES;
	for (int option; (option = getopt(argc, argv, "f:x:")) != -1;) {
		if (option == 'f')
			read_payload(optarg);
		else if (option == 'x')
			read_prefix(optarg);
		else
			return usage();
	}
	argv += optind;
	argc -= optind;
	if (argc < 3)
		return usage();
	load.server.sin_family = AF_INET;
	load.server.sin_port = htons((uint16_t)atoi(argv[1]));
	load.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (strcmp(argv[0], "hold") == 0)
		hold(atoi(argv[2]));
	else if (argc < 4)
		return usage();
	else if (strcmp(argv[0], "closed") == 0)
		closed(atoi(argv[2]), atof(argv[3]));
	else if (strcmp(argv[0], "open") == 0)
		open_loop(atof(argv[2]), atof(argv[3]));
	else if (strcmp(argv[0], "bulk") == 0)
		bulk(atoi(argv[2]), atof(argv[3]));
	else
		return usage();
	return 0;
}
