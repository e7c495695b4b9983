using R1Reward.Data.Pairs;

namespace R1Reward.Data.Scenes;

/// <summary>A generated pair together with the scene and the question behind it.</summary>
/// <param name="Scene">What is to be seen.</param>
/// <param name="Question">What is asked about it.</param>
/// <param name="Pair">The pair as data sets hold it.</param>
/// <param name="WrongLook">Index of the object that the trace misjudges; null for a sound trace or none.</param>
public sealed record SceneExample(Scene Scene, SceneQuestion Question, PreferencePair Pair, int? WrongLook);
