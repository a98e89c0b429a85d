/* sid.h: session ids */
#ifndef REFERENCE_SID_H
#define REFERENCE_SID_H

#define SID_LENGTH 32

/* 24 random bytes as base64url, NUL-terminated. Any thread. Aborts where the
 * system has no randomness: a guessable id is worse. */
void sid_random(char text[static SID_LENGTH + 1]);

#endif
