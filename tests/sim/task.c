/* task - functions with a stack of their own, that run one at a time and pause where they like: sim.h.
 *
 * A context is made once, by makecontext(); from then on it is entered and left by _setjmp and _longjmp, which ask
 * nothing of the kernel.  A task that is started anew while it is paused is forgotten where it stands: a process that
 * was killed. */
#include "sim.h"
#include <assert.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#else
#define __sanitizer_start_switch_fiber(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#define __sanitizer_finish_switch_fiber(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#endif

enum { STACK = 256 * 1024, GUARD = 4096 };

struct task {
	char *stack;
	ucontext_t first;
	jmp_buf here;
	void (*run)(void *arg); void *arg;
	bool fresh, over;
};

static struct task *current;
static jmp_buf outside;
static ucontext_t outside_first;
static const void *outside_bottom; static size_t outside_size;

struct task *
task_new(void)
{
	struct task *t = calloc(1, sizeof *t);

	if (!t)
		abort();
	t->stack = mmap(NULL, GUARD + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (t->stack == MAP_FAILED || mprotect(t->stack, GUARD, PROT_NONE))
		abort();
	t->over = true;
	return t;
}

static void
leave(void)
{
	void *fake = NULL;

	if (!_setjmp(current->here)) {
		__sanitizer_start_switch_fiber(&fake, outside_bottom, outside_size);
		_longjmp(outside, 1);
	}
	__sanitizer_finish_switch_fiber(fake, &outside_bottom, &outside_size);
}

static void
enter(void)
{
	__sanitizer_finish_switch_fiber(NULL, &outside_bottom, &outside_size);
	current->run(current->arg);
	current->over = true;
	leave();
	abort();                /* one that is over is never resumed */
}

void
task_start(struct task *t, void (*run)(void *arg), void *arg)
{
	if (getcontext(&t->first))
		abort();
	t->first.uc_stack.ss_sp = t->stack + GUARD;
	t->first.uc_stack.ss_size = STACK;
	t->first.uc_link = NULL;
	makecontext(&t->first, enter, 0);
	t->run = run;
	t->arg = arg;
	t->fresh = true;
	t->over = false;
}

void
task_resume(struct task *t)
{
	void *fake = NULL;

	assert(!current && !t->over);
	current = t;
	if (!_setjmp(outside)) {
		__sanitizer_start_switch_fiber(&fake, t->stack + GUARD, STACK);
		if (!t->fresh)
			_longjmp(t->here, 1);
		t->fresh = false;
		swapcontext(&outside_first, &t->first);
	}
	__sanitizer_finish_switch_fiber(fake, NULL, NULL);
	current = NULL;
}

void
task_pause(void)
{
	assert(current);
	leave();
}

bool
task_over(const struct task *t)
{
	return t->over;
}
