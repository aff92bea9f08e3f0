"""pandas: read, drop duplicates, write."""
import sys
import pandas

source, target = sys.argv[1:]
pandas.read_csv(source).drop_duplicates().to_csv(target, index=False)
