#!/bin/bash
# Answers the files of `orca2 teach RUN --export shards`, a file a task of the array, with vLLM:
#
#   sbatch --array=1-$(ls shards/requests-*.jsonl | wc -l)%8 recipes/cluster/slurm_array.sh shards
#   orca2 teach RUN --import shards
#
# A file that is answered already is left out, so that the same command goes on after a time limit or a node that died.
# MODEL is what vLLM loads, a hub id or a folder; by default it is the model that the requests name. NAME=judge answers
# judge-00001.jsonl and so on. What follows the folder goes to vLLM: --tensor-parallel-size 4.
#SBATCH --job-name=orca2-teach
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --gpus-per-task=1
#SBATCH --cpus-per-task=8
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --output=%x-%A_%a.log
set -euo pipefail

folder=${1:?give the folder of the requests, as in: sbatch --array=1-8 slurm_array.sh shards}
number=${SLURM_ARRAY_TASK_ID:?there is no number of a file; start it with: sbatch --array=1-8 slurm_array.sh $folder}
shift
file=$(printf '%05d' "$number").jsonl
requests=$folder/${NAME:-requests}-$file
answers=$folder/answers-${NAME:-requests}-$file

if [[ -s $answers ]]; then
  echo "$answers is there; nothing is to be done"
  exit 0
fi
if [[ ! -f $requests ]]; then
  echo "$requests does not exist; look at --array" >&2
  exit 1
fi
# requests that name another model than the served one would fail, one by one
named=$(head -n 1 "$requests" | sed -n 's/^.*"body": {"model": *"\([^"]*\)".*$/\1/p')

# a task that is killed leaves nothing that looks like answers
partial=$answers.partial
srun vllm run-batch -i "$requests" -o "$partial" --model "${MODEL:-$named}" --served-model-name "$named" "$@"
mv "$partial" "$answers"
echo "$(wc -l < "$answers") answers -> $answers"
