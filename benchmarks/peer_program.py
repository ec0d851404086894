"""The command line of the PyTorch peers of the benchmarks."""

import json

import torch


def run_peer(parser, run):
    """Add options --seed and --threads, apply them, and print what `run` returns for the arguments as one line of JSON."""
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    print(json.dumps(run(arguments)))
