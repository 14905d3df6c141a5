/*
 * What a client in C needs for what unit_wasm/hosting/keyvalue does: COUNT
 * increments of one number, then as many reads of it.  Prints the nanoseconds of
 * the processor that one of each took in this process.
 *
 *   stores sqlite PATH COUNT
 *   stores redis HOST PORT COUNT    (compiled with -DWITH_HIREDIS)
 */

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef WITH_HIREDIS
#include <hiredis/hiredis.h>
#endif

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            (void) fprintf(stderr, "stores: %s\n", #condition);                \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

static double
now(void)
{
    struct timespec time;

    CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);

    return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}


static void
report(double began, double counted, int count)
{
    double ended = now();

    CHECK(printf("%.0f %.0f\n", (counted - began) / count,
                 (ended - counted) / count)
          > 0);
}


static sqlite3_stmt *
prepared(sqlite3 *database, const char *text)
{
    sqlite3_stmt *statement;

    CHECK(sqlite3_prepare_v2(database, text, -1, &statement, NULL)
          == SQLITE_OK);

    return statement;
}


static void
done(sqlite3_stmt *statement)
{
    CHECK(sqlite3_step(statement) == SQLITE_DONE);
    CHECK(sqlite3_reset(statement) == SQLITE_OK);
}


static long long
value(sqlite3_stmt *get)
{
    long long number = 0;
    int status = sqlite3_step(get);

    CHECK(status == SQLITE_ROW || status == SQLITE_DONE);
    if (status == SQLITE_ROW) {
        char text[32] = "";
        int size = sqlite3_column_bytes(get, 0);

        CHECK(size < (int) sizeof(text));
        memcpy(text, sqlite3_column_blob(get, 0), (size_t) size);
        number = atoll(text);
    }
    CHECK(sqlite3_reset(get) == SQLITE_OK);

    return number;
}


static void
of_sqlite(const char *path, int count)
{
    sqlite3 *database;
    sqlite3_stmt *begin;
    sqlite3_stmt *get;
    sqlite3_stmt *set;
    sqlite3_stmt *commit;
    double began;
    double counted;

    CHECK(sqlite3_open(path, &database) == SQLITE_OK);
    CHECK(sqlite3_exec(database,
                       "PRAGMA journal_mode = WAL;"
                       "PRAGMA synchronous = NORMAL;"
                       "CREATE TABLE entries ("
                       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
                       " bucket TEXT NOT NULL, key TEXT NOT NULL,"
                       " value BLOB NOT NULL, UNIQUE (bucket, key))",
                       NULL, NULL, NULL)
          == SQLITE_OK);
    begin = prepared(database, "BEGIN IMMEDIATE");
    get = prepared(database, "SELECT value FROM entries"
                             " WHERE bucket = 'c' AND key = 'n'");
    set = prepared(database, "INSERT INTO entries (bucket, key, value)"
                             " VALUES ('c', 'n', ?) ON CONFLICT (bucket, key)"
                             " DO UPDATE SET value = excluded.value");
    commit = prepared(database, "COMMIT");

    began = now();
    for (int i = 0; i < count; i++) {
        char text[32];
        int size;

        done(begin);
        size = snprintf(text, sizeof(text), "%lld", value(get) + 1);
        CHECK(sqlite3_bind_blob(set, 1, text, size, SQLITE_TRANSIENT)
              == SQLITE_OK);
        done(set);
        done(commit);
    }
    counted = now();
    for (int i = 0; i < count; i++) {
        CHECK(value(get) == count);
    }
    report(began, counted, count);
}


#ifdef WITH_HIREDIS

static void
of_redis(const char *host, int port, int count)
{
    redisContext *context = redisConnect(host, port);
    double began;
    double counted;

    CHECK(context != NULL && context->err == 0);
    began = now();
    for (int i = 0; i < count; i++) {
        redisReply *reply = redisCommand(context, "HINCRBY c n 1");

        CHECK(reply != NULL && reply->type == REDIS_REPLY_INTEGER);
        freeReplyObject(reply);
    }
    counted = now();
    for (int i = 0; i < count; i++) {
        redisReply *reply = redisCommand(context, "HGET c n");

        CHECK(reply != NULL && reply->type == REDIS_REPLY_STRING);
        freeReplyObject(reply);
    }
    report(began, counted, count);
    redisFree(context);
}

#endif


int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "sqlite") == 0) {
        of_sqlite(argv[2], atoi(argv[3]));
        return 0;
    }
#ifdef WITH_HIREDIS
    if (argc == 5 && strcmp(argv[1], "redis") == 0) {
        of_redis(argv[2], atoi(argv[3]), atoi(argv[4]));
        return 0;
    }
#endif

    return 2;
}
