/* home.h: where the things are that come with this program
 *
 * The texts live as long as the program; any thread may ask.
 */
#ifndef HARNESS_HOME_H
#define HARNESS_HOME_H

/* The shipped cases/. $SESSIONSPEC_HOME names the folder in which it stands;
 * else it is looked for in the folders above this executable, and in their
 * share/sessionspec (where `make install` puts it); else ./cases. */
const char *home_cases(void);
/* sessionspec-server, beside this executable or in a folder above it (where
 * unit tests find it); else in $SESSIONSPEC_HOME/build. */
const char *home_server(void);
/* harness/targets/express, found as the cases are. */
const char *home_express(void);
/* The folder of session_store.h and template.c, found as the cases are. */
const char *home_stores(void);

#endif
