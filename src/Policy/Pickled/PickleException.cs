namespace R1Reward.Policy.Pickled;

/// <summary>A pickle that is broken, or that asks for what rebuilds no tensor.</summary>
internal sealed class PickleException(string problem) : Exception(problem);
