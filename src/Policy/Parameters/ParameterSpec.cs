namespace R1Reward.Policy.Parameters;

/// <summary>Name, shape and start of one weight, before there is memory for it.</summary>
/// <param name="Name">The weight's name in Hugging Face's checkpoints.</param>
/// <param name="Shape">The size of each dimension.</param>
/// <param name="Start">What a fresh weight holds.</param>
public sealed record ParameterSpec(string Name, long[] Shape, ParameterStart Start)
{
    /// <summary>Number of elements of the weight.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether weight decay applies: matrices decay; norms, biases and tables of positions do not.</summary>
    public bool Decays => Shape.Length >= 2 && Start != ParameterStart.Sinusoids;
}
