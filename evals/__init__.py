"""Questions over the sandbox, their truth, and what any agent makes of them.

    python -m evals --agent "COMMAND"      one process a question
    python -m evals --agent "COMMAND" --keep   one process for all, a line in and a line out for each

Truth is computed by `evals.truth` from the sandbox's world alone; nothing there knows the tools. What an agent calls is
counted by `evals.proxy`, which stands between it and the server, not by the agent's word.
"""
