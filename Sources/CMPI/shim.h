#ifndef LACUNA_MPI_H
#define LACUNA_MPI_H
/* MPI's constants are casts of addresses (Open MPI) or of integers (MPICH), which Swift does not import, and its handles are
   pointers in one and integers in the other: none of them leaves this header. A number is of `width` bytes: 8 or 4.
   MPI ends the job where a call fails, so nothing here returns. */
#include <mpi.h>
#include <stdint.h>

#define LACUNA_MPI_NUMBER(width) ((width) == 8 ? MPI_DOUBLE : MPI_FLOAT)

/* 0; 1 where MPI does not start, 2 where it does not let other threads than the first call it. */
static inline int lacuna_mpi_start(int *rank, int *size) {
  int provided = MPI_THREAD_SINGLE, on = 0;
  MPI_Initialized(&on);
  if (on) MPI_Query_thread(&provided);
  else if (MPI_Init_thread(0, 0, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) return 1;
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, size);
  return provided < MPI_THREAD_SERIALIZED ? 2 : 0;
}

static inline void lacuna_mpi_stop(void) { MPI_Finalize(); }

static inline void lacuna_mpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

/* How many ranks share this machine's memory. */
static inline int lacuna_mpi_neighbours(void) {
  MPI_Comm here;
  int count = 1;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
  MPI_Comm_size(here, &count);
  MPI_Comm_free(&here);
  return count;
}

/* The communicator of all ranks as Fortran knows it, which is how ELPA takes it. */
static inline int lacuna_mpi_fortran_world(void) { return (int)MPI_Comm_c2f(MPI_COMM_WORLD); }

static inline void lacuna_mpi_min(int64_t *values, int count) {
  MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_INT64_T, MPI_MIN, MPI_COMM_WORLD);
}

static inline void lacuna_mpi_sum(void *values, int count, int width) {
  MPI_Allreduce(MPI_IN_PLACE, values, count, LACUNA_MPI_NUMBER(width), MPI_SUM, MPI_COMM_WORLD);
}

/* Rank 0's values to all. */
static inline void lacuna_mpi_broadcast(void *values, int count, int width) {
  MPI_Bcast(values, count, LACUNA_MPI_NUMBER(width), 0, MPI_COMM_WORLD);
}

/* The ranks' parts one after the other; counts and starts in numbers. */
static inline void lacuna_mpi_gather_all(const void *part, int count, void *whole, const int *counts, const int *starts,
                                         int width) {
  MPI_Allgatherv(part, count, LACUNA_MPI_NUMBER(width), whole, counts, starts, LACUNA_MPI_NUMBER(width),
                 MPI_COMM_WORLD);
}

/* The sum over ranks of `whole`, of which rank r keeps the r-th counts[r] numbers. */
static inline void lacuna_mpi_sum_scatter(const void *whole, void *part, const int *counts, int width) {
  MPI_Reduce_scatter(whole, part, counts, LACUNA_MPI_NUMBER(width), MPI_SUM, MPI_COMM_WORLD);
}

/* Each rank's piece for each other. */
static inline void lacuna_mpi_exchange(const void *out, const int *out_counts, const int *out_starts, void *in,
                                       const int *in_counts, const int *in_starts, int width) {
  MPI_Alltoallv(out, out_counts, out_starts, LACUNA_MPI_NUMBER(width), in, in_counts, in_starts,
                LACUNA_MPI_NUMBER(width), MPI_COMM_WORLD);
}
#endif
