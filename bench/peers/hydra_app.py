"""Hydra's hello-world app: reads a config, checks nothing, prints it."""

import hydra
from omegaconf import DictConfig, OmegaConf


@hydra.main(version_base=None, config_path=None, config_name="config")
def app(config: DictConfig) -> None:
    print(OmegaConf.to_yaml(config))


if __name__ == "__main__":
    app()
