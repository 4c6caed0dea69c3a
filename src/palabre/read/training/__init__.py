"""How the shipped models are made: loaders of public data, recipes (one file a model), fitting and measuring.

Nothing here is needed to read a post. The data are given by `palabre train --data FOLDER`; the package holds none.
"""
