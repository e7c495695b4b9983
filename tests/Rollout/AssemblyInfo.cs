// The number of live tensors is one figure for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
