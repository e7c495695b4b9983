namespace R1Reward.Data.Media.Processing;

/// <summary>What a tower of a model takes of one medium: <see cref="MediaPatches"/> or <see cref="SoundFeatures"/>.
/// </summary>
/// <param name="Kind">What the medium is.</param>
/// <param name="Values">The numbers that the tower reads.</param>
public abstract record MediaFeatures(MediaKind Kind, float[] Values);
