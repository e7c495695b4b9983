namespace R1Reward.Policy.Exchange;

/// <summary>By what several learners exchange tensors.</summary>
public enum ExchangeKind
{
    /// <summary>
    /// <see cref="Nccl"/> where every rank has a GPU of its own and the library, else <see cref="Ring"/>.
    /// </summary>
    Auto,

    /// <summary>Connections between the ranks, by way of the CPU.</summary>
    Ring,

    /// <summary>NVIDIA's NCCL, from GPU to GPU.</summary>
    Nccl,
}
