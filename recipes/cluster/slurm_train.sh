#!/bin/bash
# Trains on several nodes, each with its GPUs under one torchrun; the run folder lies where all nodes see it.
#
#   orca2 run RECIPE --run RUN --until erase
#   sbatch --nodes=4 recipes/cluster/slurm_train.sh RUN
#   orca2 run RUN
#
# The second word is the stage, train or explain; keys that override the recipe's follow it. The same command goes on
# after a time limit (train.save_minutes). ACCELERATE_USE_FSDP=true FSDP_VERSION=2 shards the model over all GPUs.
#SBATCH --job-name=orca2-train
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=32
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --output=%x-%j.log
set -euo pipefail

run=${1:?give the run folder, as in: sbatch slurm_train.sh RUN}
stage=${2:-train}
shift $(($# < 2 ? $# : 2))
nodes=${SLURM_JOB_NUM_NODES:?start it with: sbatch slurm_train.sh $run}
read -r head < <(scontrol show hostnames "$SLURM_JOB_NODELIST") # a pipe into head could end scontrol, and so the job
port=$((20000 + SLURM_JOB_ID % 20000)) # two jobs on one node do not meet

# each node runs one torchrun; they find each other at the head node, whichever starts first
srun --ntasks="$nodes" --ntasks-per-node=1 --kill-on-bad-exit=1 \
  torchrun --nnodes="$nodes" --nproc-per-node="${PROCESSES:-${SLURM_GPUS_ON_NODE:-1}}" --rdzv-backend=c10d \
  --rdzv-endpoint="$head:$port" --rdzv-id="$SLURM_JOB_ID" -m orca2 "$stage" "$run" "$@"
