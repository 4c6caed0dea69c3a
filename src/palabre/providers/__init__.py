"""Another model than ours for the same readings: a transformer of one's own (ONNX), or an OpenAI-compatible endpoint.

Off unless settings say which readings go where, and how many posts a day. Only the posts that our models are least sure
of are asked about, and an answer is a label of a closed list or it is refused and counted. See second.py.
"""
