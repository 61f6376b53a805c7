/* A job on a pseudo terminal under a shell's care: started, stopped, continued. Part of
 * tests/ui/screen.h. */
#ifndef TESTS_UI_SCREEN_JOB_H
#define TESTS_UI_SCREEN_JOB_H

#include <stdbool.h>
#include <sys/types.h>

struct screen_settings;

struct screen_job {
    int master;       /* of the terminal; -1 after it was closed */
    int news, orders; /* pipes from and to the shell */
    pid_t shell, program;
    bool stopped, ended;
    int status; /* of waitpid, once ended */
};

void screen_job_start(struct screen_job *j, const struct screen_settings *settings, const char *const argv[]);
/* Takes one piece of news from the shell; call it when news is readable. */
void screen_job_news(struct screen_job *j);
void screen_job_continue(struct screen_job *j);
/* Kills what is left and reaps it. */
void screen_job_done(struct screen_job *j);

#endif
