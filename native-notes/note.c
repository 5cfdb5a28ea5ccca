/*
 * The note: a server that has one process for every connection, in plain C.
 * It echoes what a client sends until the client closes its side.
 *
 *     cc -O2 -Wall -Wextra -o note note.c
 *     ./note PORT [BACKLOG]
 *
 * The eight steps are numbered below; the-note.md walks through them.
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC and accept4 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 111, DEFAULT_BACKLOG = 1024, BUFFER_BYTES = 64 * 1024 };

static void die(const char *call)
{
	perror(call);
	exit(FAILED);
}

/* A number from the command line between low and high. */
static int number(const char *text, long low, long high)
{
	char *end;
	long value = strtol(text, &end, 10);
	if (end == text || *end != '\0' || value < low || value > high) {
		fprintf(stderr, "note: '%s' is not a number from %ld to %ld\n", text, low, high);
		exit(2);
	}
	return (int)value;
}

/*
 * Step 8. One SIGCHLD may stand for many ended children: take them all, and do not block when there is no more.
 * A handler may interrupt any statement, so errno is put back.
 */
static void reap(int signal)
{
	int saved = errno;
	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0) {
		/* the kernel forgets one zombie with every turn */
	}
	errno = saved;
}

/* Step 6. The child talks with its client until end of file. Its exit status says how that went. */
static int serve(int connected)
{
	static char buffer[BUFFER_BYTES];
	for (;;) {
		ssize_t got = read(connected, buffer, sizeof buffer);
		if (got == 0)
			return 0; /* end of file: the client has closed its side */
		if (got < 0) {
			if (errno == EINTR)
				continue;
			return 1; /* ECONNRESET and the like: the client is gone */
		}
		for (ssize_t done = 0; done < got;) {
			ssize_t put = write(connected, buffer + done, (size_t)(got - done));
			if (put < 0) {
				if (errno == EINTR)
					continue;
				return 1;
			}
			done += put;
		}
	}
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s PORT [BACKLOG]\n", argv[0]);
		return 2;
	}
	int port = number(argv[1], 0, 65535);
	int backlog = argc > 2 ? number(argv[2], 1, 1 << 20) : DEFAULT_BACKLOG;

	/* Step 8, prepared: SA_RESTART lets accept go on after the handler has run. */
	struct sigaction action;
	memset(&action, 0, sizeof action);
	action.sa_handler = reap;
	action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGCHLD, &action, NULL) < 0)
		die("sigaction");

	/* Step 1. A socket: a descriptor, and nothing behind it yet. */
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listening < 0)
		die("socket");

	/* Step 2. Its own address. SO_REUSEADDR: a restart need not wait for the old connections' TIME_WAIT. */
	int on = 1;
	if (setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
		die("setsockopt");
	struct sockaddr_in address;
	memset(&address, 0, sizeof address);
	address.sin_family = AF_INET;
	address.sin_port = htons((unsigned short)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listening, (struct sockaddr *)&address, sizeof address) < 0)
		die("bind");

	/* Step 3. From here on it is a listening socket: the kernel makes connections and queues them. */
	if (listen(listening, backlog) < 0)
		die("listen");

	socklen_t length = sizeof address;
	if (getsockname(listening, (struct sockaddr *)&address, &length) < 0)
		die("getsockname");
	fprintf(stderr, "listening 127.0.0.1:%d\n", ntohs(address.sin_port));

	for (;;) {
		/* Step 4. A second socket, connected, beside the listening one. Blocks until a client comes. */
		int connected = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
		if (connected < 0) {
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			die("accept");
		}

		/* Step 5. Two processes return from fork, and both hold both sockets. */
		pid_t child = fork();
		if (child < 0) {
			perror("fork"); /* costs this one connection */
		} else if (child == 0) {
			/* Step 6. The child never accepts: it gives the listening socket back, talks, and ends. */
			close(listening);
			int status = serve(connected);
			close(connected);
			_exit(status);
		}

		/*
		 * Step 7. The parent never talks: it gives the connected socket back and accepts again. Without this close
		 * the client would never see the end of the connection, and the parent would run out of descriptors.
		 */
		close(connected);
	}
}
