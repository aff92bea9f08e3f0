"""pandas + SciPy: two CSVs in, a two-sample test for each column."""
import sys

import pandas
from scipy.stats import chi2_contingency, ks_2samp

before, now = (pandas.read_csv(path) for path in sys.argv[1:])
for name in before:
    if before[name].dtype == object:
        counts = pandas.concat([before[name].value_counts(), now[name].value_counts()], axis=1).fillna(0)
        test, value = "chi_square", chi2_contingency(counts.T, correction=False)[1]
    else:
        test, value = "ks", ks_2samp(before[name].dropna(), now[name].dropna()).pvalue
    print(name, test, value)
