using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;

namespace TickStore.Micro.Setup;

/// <summary>
/// Marks benchmarks of vectorised code: they run once for each <see cref="InstructionWidth"/>, others natively only.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PerWidthAttribute : Attribute, IConfigSource
{
    /// <inheritdoc/>
    public IConfig Config
    {
        get
        {
            var config = ManualConfig.CreateEmpty();
            if (RunMode.IsQuick)
            {
                return config;
            }

            foreach (var width in InstructionWidth.All)
            {
                var job = RunMode.ThoroughJob.WithId(width.Name);
                foreach (var (name, value) in width.Switches)
                {
                    job = job.WithEnvironmentVariable(name, value);
                }

                config.AddJob(job);
            }

            return config;
        }
    }
}

/// <summary>As <see cref="PerWidthAttribute"/>, for code without vectors: one job.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NativeWidthAttribute : Attribute, IConfigSource
{
    /// <inheritdoc/>
    public IConfig Config =>
        RunMode.IsQuick
            ? ManualConfig.CreateEmpty()
            : ManualConfig.CreateEmpty().AddJob(RunMode.ThoroughJob.WithId(InstructionWidth.Native.Name));
}
